"""The command line `consilium`: numerics on files and folders. No Django, no database, no server."""

from backend.cli.app import main as main
