"""From HTTP to persistence and back: one function per operationId of the contract."""
