-- What accounts demand of their credentials.

-- name: rules_get
SELECT access_life_s, refresh_life_s, session_life_s, session_idle_s,
	sessions_max, api_key_days, registry_token_days, access_key_days,
	ssh_key_days, endless, restrict_service_id, restrict_api_key, version,
	modified_at, modified_by
FROM account_rules WHERE account_id = $1;

-- name: rules_set
INSERT INTO account_rules (account_id, access_life_s, refresh_life_s,
	session_life_s, session_idle_s, sessions_max, api_key_days,
	registry_token_days, access_key_days, ssh_key_days, endless,
	restrict_service_id, restrict_api_key, version, modified_by, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15)
ON CONFLICT (account_id) DO UPDATE SET
	access_life_s = excluded.access_life_s,
	refresh_life_s = excluded.refresh_life_s,
	session_life_s = excluded.session_life_s,
	session_idle_s = excluded.session_idle_s,
	sessions_max = excluded.sessions_max,
	api_key_days = excluded.api_key_days,
	registry_token_days = excluded.registry_token_days,
	access_key_days = excluded.access_key_days,
	ssh_key_days = excluded.ssh_key_days,
	endless = excluded.endless,
	restrict_service_id = excluded.restrict_service_id,
	restrict_api_key = excluded.restrict_api_key,
	version = account_rules.version + 1,
	modified_by = excluded.modified_by,
	modified_at = excluded.modified_at;
