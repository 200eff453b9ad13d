-- What readers of reports may do: the reports and nothing else. {{reporting_role}} is a database role. One statement a line.
GRANT USAGE ON SCHEMA millrace TO ROLE "{{reporting_role}}";
GRANT SELECT ON {{reports}} TO ROLE "{{reporting_role}}";
