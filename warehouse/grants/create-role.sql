CREATE ROLE "{{role}}"
