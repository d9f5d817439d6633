"""The shell around the pure core: HTTP, sockets, SQL, the clock and jobs."""
