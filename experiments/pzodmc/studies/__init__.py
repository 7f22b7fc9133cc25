"""The study's parts: each a `Config` and a `run(config, recorder, report) -> Result`."""
