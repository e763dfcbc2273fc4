"""后台任务: work that outlives a request, as rows with a lease, attempts and a parked state."""
