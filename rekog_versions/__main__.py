"""`python -m rekog_versions` runs the command `rekog`."""

from rekog_versions.cli import main

if __name__ == "__main__":
    main()
