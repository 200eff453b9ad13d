SELECT subject
FROM joined
