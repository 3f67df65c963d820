"""`python -m proxyaddr`: the same command."""

from proxyaddr.cli.main import run

if __name__ == "__main__":
    run()
