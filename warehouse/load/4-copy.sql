-- All or nothing: no MAXERROR, no TRUNCATECOLUMNS, no ACCEPTINVCHARS. The transformer has checked every value.
COPY staging ({{columns}})
FROM '{{manifest_url}}'
IAM_ROLE '{{copy_role_arn}}'
FORMAT JSON 'auto'
GZIP
MANIFEST
TIMEFORMAT 'auto'
COMPUPDATE OFF
STATUPDATE OFF
