"""The entry point: `tasks-api`, or `python -m tasks_api`."""

from tasks_api.cli import main

if __name__ == "__main__":
    main()
