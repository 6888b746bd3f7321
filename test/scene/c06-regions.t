# A region is an end point with its own namespaces and tokens: the same name
# may exist twice, and a token opens one of them.
. "$(dirname "$0")/lib.sh"
serve --region local --region eu-de,eu-central=de.test
login
latchkey cr namespace-add birds >/dev/null
here=$(token --readwrite)
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
account=$(latchkey whoami --output json | jq -r .account)
there() { # METHOD PATH [ARGUMENT]...
	method=$1 path=$2
	shift 2
	http "$method" "$path" -H "Host: de.test" "$@"
}
api() {
	there "$@" -H "Authorization: Bearer $access" -H "Account: $account"
}
is "its own list of namespaces" "$(api GET /api/v1/namespaces; cat "$T/body")" '200[]'
is "the same name once more" "$(api PUT /api/v1/namespaces/birds)" 201
is "its own tokens" "$(api POST '/api/v1/tokens?write=true')" 200
value=$(jq -r .token "$T/body")
is "each opens its region: here" "$(http POST /v2/birds/robin/blobs/uploads/ \
	-u "token:$here")" 202
is "there" "$(there POST /v2/birds/robin/blobs/uploads/ -u "token:$value")" 202
is "the other's is refused: here" "$(http POST /v2/birds/robin/blobs/uploads/ \
	-u "token:$value")" 403
is "there" "$(there POST /v2/birds/robin/blobs/uploads/ -u "token:$here")" 403
b=$(bearer token "$here" repository:birds/robin:pull,push)
is "a bearer does not change regions either" \
	"$(there POST /v2/birds/robin/blobs/uploads/ -H "Authorization: Bearer $b")" 403
is "and does not even log in there" \
	"$(there GET /v2/ -u "token:$here")" 401
is "nor at its token service" \
	"$(there GET '/oauth/token?service=registry' -u "token:$here")" 401
is "a refused target is answered in the registry's form" \
	"$(http GET /v2/birds//robin/tags/list; errors)" 400UNSUPPORTED
is "a host of no region" "$(http GET /v2/ -H 'Host: us.test' -u "token:$here")" 421
finish
