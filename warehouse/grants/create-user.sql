-- A database user who logs in through IAM alone.
CREATE USER "{{user}}" PASSWORD DISABLE
