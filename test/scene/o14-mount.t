# Blobs that another repository has: by name, by rule, or not at all.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
echo one >"$T/one"
digest=$(sum "$T/one")
push_blob birds/robin "$T/one"
mount() { # REPOSITORY QUERY
	status=$(ask POST "/v2/$1/blobs/uploads/?$2" -H 'Content-Length: 0')
}
mount birds/wren "mount=$digest&from=birds/robin"
is "from a repository" "$status" 201
is "where it is now" "$(head_of location | sed "s,^$URL,,")" \
	"/v2/birds/wren/blobs/$digest"
is "as what" "$(head_of docker-content-digest)" "$digest"
there "and is there" 200 "/v2/birds/wren/blobs/$digest"
mount birds/owl "mount=$digest"
is "from wherever the account has it" "$status" 201
there "is there as well" 200 "/v2/birds/owl/blobs/$digest"
is "one goes" "$(ask DELETE "/v2/birds/robin/blobs/$digest")" 202
there "the others stay" 200 "/v2/birds/owl/blobs/$digest"
fallback() { # DESCRIPTION QUERY: a session instead
	mount birds/new "$2"
	is "$1" "$status" 202
	like "is a session" "$(head_of location)" '/v2/birds/new/blobs/uploads/'
}
fallback "not where it was" "mount=$digest&from=birds/robin"
fallback "from nowhere" "mount=$digest&from=birds/none"
fallback "from no name" "mount=$digest&from=../x"
fallback "from itself" "mount=$digest&from=birds/new"
fallback "of what nobody has" "mount=sha256:$(printf '%064d' 7)&from=birds/wren"
fallback "of what nobody has anywhere" "mount=sha256:$(printf '%064d' 7)"
session=$(head_of location | sed "s,^$URL,,")
is "which can be gone on with" "$(ask PUT "$(close_at "$session" "$digest")" \
	-H "Content-Type: $octets" --data-binary "@$T/one")" 201
mount birds/new "mount=sha256:abc&from=birds/wren"
is "of no digest" "$status$(errors)" 400DIGEST_INVALID

# Another account knows the digest and gets nothing for it.
keep latchkey account create den --owner bear@den.example
sed -n 's/^API Key *//p' "$T/said" >"$T/bear"
mine=$XDG_CONFIG_HOME
export XDG_CONFIG_HOME="$T/home/bear"
login "$T/bear"
latchkey cr namespace-add bears >/dev/null
theirs=$(token --readwrite)
export XDG_CONFIG_HOME="$mine"
for from in "&from=birds/wren" ""; do
	is "another account mounts nothing ($from)" "$(http POST \
		"/v2/bears/cub/blobs/uploads/?mount=$digest$from" -u "token:$theirs" \
		-H 'Content-Length: 0')" 202
	is "of it" "$(http HEAD "/v2/bears/cub/blobs/$digest" -u "token:$theirs")" 404
done
ro=$(token)
is "who may not push does not mount" "$(http POST \
	"/v2/birds/kite/blobs/uploads/?mount=$digest&from=birds/wren" \
	-u "token:$ro" -H 'Content-Length: 0'; errors)" 403DENIED
stop
want "verify" latchkeyd verify --data "$DATA"
finish
