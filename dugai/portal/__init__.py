"""The public portal: reads snapshots, knows nobody, can run on another host."""
