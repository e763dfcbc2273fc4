"""验收销号: apply, check, visit, sign, publish, close, file, look back, reopen."""
