"""台账: inspections, problems, measures, tasks and sites, and the plan that binds them."""
