"""What is wrong with a deployment, told before its users are: `tasks-api check`."""
