"""`python -m workers`: a worker that serves the platform, and models run by hand."""

from workers.cli import main

if __name__ == "__main__":
    main()
