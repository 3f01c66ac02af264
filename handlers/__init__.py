"""HTTP: one function for each operationId, the successful answers, and the table of errors."""
