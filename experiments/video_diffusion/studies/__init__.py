"""One module a part: a frozen `Config` and `run(config, recorder, report) -> Result`."""
