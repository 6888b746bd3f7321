# The registry spoken to by hand, for scenes that want to see every head. Source
# it after login: it makes the namespace "birds".
latchkey cr namespace-add birds >/dev/null
key=$(key_in "$T/apikey")
octets=application/octet-stream
empty=application/vnd.oci.empty.v1+json
ask() { # METHOD PATH [ARGUMENT of curl]...
	http "$@" -u "iamapikey:$key"
}
sum() { # FILE [ALGORITHM]: its digest
	printf '%s:%s' "${2:-sha256}" "$("${2:-sha256}sum" <"$1" | cut -d ' ' -f 1)"
}
there() { # DESCRIPTION STATUS PATH
	is "$1" "$(ask HEAD "$3")" "$2"
}
options() { # JSON: of the namespace
	bearer=$(curl -s -u bx:bx "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$key" | jq -r .access_token)
	http PATCH /latchkey/v1/namespaces/birds -H "Authorization: Bearer $bearer" \
		-H 'Content-Type: application/json' -d "$1"
}
# Everything below leaves the status of the last request in $status.
push_blob() { # REPOSITORY FILE [ALGORITHM]
	status=$(ask POST "/v2/$1/blobs/uploads/?digest=$(sum "$2" "${3:-sha256}")" \
		-H "Content-Type: $octets" --data-binary "@$2")
}
push_manifest() { # REPOSITORY REFERENCE[?QUERY] FILE [TYPE]
	status=$(ask PUT "/v2/$1/manifests/$2" --data-binary "@$3" \
		-H 'Expect:' -H "Content-Type: ${4:-$OCI.manifest.v1+json}")
}
begin() { # REPOSITORY [QUERY]: the session's path in $session
	status=$(ask POST "/v2/$1/blobs/uploads/${2:+?$2}" -H 'Content-Length: 0')
	session=$(head_of location | sed "s,^$URL,,")
}
close_at() { # SESSION DIGEST: the address that ends it
	case $1 in *\?*) echo "$1&digest=$2" ;; *) echo "$1?digest=$2" ;; esac
}
desc() { # TYPE FILE [ALGORITHM [MORE]]: a descriptor
	printf '{"mediaType":"%s","digest":"%s","size":%d%s}' "$1" \
		"$(sum "$2" "${3:-sha256}")" "$(size_of "$2")" "${4:-}"
}
manifest() { # FILE CONFIG-DESCRIPTOR LAYERS [MORE]
	printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]%s}' \
		"$OCI.manifest.v1+json" "$2" "$3" "${4:-}" >"$1"
}
index() { # FILE MANIFESTS [MORE]
	printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]%s}' \
		"$OCI.index.v1+json" "$2" "${3:-}" >"$1"
}
printf '{}' >"$T/empty"
