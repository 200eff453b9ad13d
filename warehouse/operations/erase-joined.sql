-- Anonymous ids that are joined to this user and to nobody else: what bears one of them and no user id is the person's. Those of an
-- earlier erasure too, whose aliases are gone. All by hashes, so that Redshift's history of statements holds no id.
CREATE TEMP TABLE joined AS
SELECT SHA2('anonymous:' || anonymous_id, 256) AS subject
FROM millrace.user_aliases
GROUP BY anonymous_id
HAVING MIN(user_id) = MAX(user_id)
  AND SHA2('user:' || MIN(user_id), 256) = '{{user}}'
UNION
SELECT subject
FROM millrace.erased_subjects
WHERE subject <> '{{user}}'
  AND erased_at = (SELECT MAX(erased_at) FROM millrace.erased_subjects WHERE subject = '{{user}}')
  AND subject NOT IN (
    SELECT SHA2('anonymous:' || anonymous_id, 256)
    FROM millrace.user_aliases
    WHERE SHA2('user:' || user_id, 256) <> '{{user}}'
  )
