"""调度: reporting rounds, and each task's report in them."""
