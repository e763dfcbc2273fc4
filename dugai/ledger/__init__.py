"""台账: problems, measures, tasks and sites, their deadlines and their three axes of status."""
