"""The `proxyaddr` command, with one file for each subcommand."""
