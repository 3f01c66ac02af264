"""`tasks-api check`: what is wrong with a deployment, found before its users find it."""
