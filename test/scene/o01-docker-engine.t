# A real Docker engine: log in, push and pull an image of several layers, run
# what was pulled; the same with a read-only token, and after its end.
. "$(dirname "$0")/lib.sh"
serve
login
dockerd_start
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(package_layer busybox-static)" \
	"$(package_layer netbase)" "$(text_layer song tweet)"
keep latchkey cr token-add --readwrite --non-expiring
id=$(sed -n 's/^Token identifier *//p' "$T/said")
rw=$(latchkey cr token-get -q "$id")
ro=$(token)
skopeo copy -q "oci:$IMAGES/robin:latest" \
	"docker-archive:$T/robin.tar:$HOST/birds/robin:1"
docker load -q -i "$T/robin.tar" >/dev/null

deny "nobody pushes" docker push "$HOST/birds/robin:1"
deny "nor with a wrong token" docker login -u token -p x "$HOST"
want "docker login as token" sh -c \
	"echo '$rw' | docker login -u token --password-stdin $HOST"
said "succeeds" 'Login Succeeded'
want "docker push" docker push "$HOST/birds/robin:1"
said "says the digest" 'digest: sha256:[0-9a-f]{64}'
digest=$(sed -n 's/.*digest: \(sha256:[0-9a-f]*\).*/\1/p' "$T/said")
want "pushing again moves no layer" docker push "$HOST/birds/robin:1"
said "since they are there" 'Layer already exists'
docker tag "$HOST/birds/robin:1" "$HOST/birds/wren:1"
want "into another repository they are mounted" docker push "$HOST/birds/wren:1"
said "from the first" 'Mounted from birds/robin'
docker rmi -f "$HOST/birds/robin:1" "$HOST/birds/wren:1" >/dev/null 2>&1
want "docker pull" docker pull "$HOST/birds/robin:1"
said "gets the same digest" "$digest"
want "by digest too" docker pull "$HOST/birds/robin@$digest"
want "what was pulled runs" docker run --rm --network=none "$HOST/birds/robin:1"
said "and sings" '^robin sings$'
deny "what is not there is not found" docker pull "$HOST/birds/robin:2"
said "in such words" 'not found|manifest unknown'

want "docker login -p as the original writes it" \
	docker login -u token -p "$ro" "$HOST"
want "a read-only token pulls" docker pull "$HOST/birds/robin:1"
docker tag "$HOST/birds/robin:1" "$HOST/birds/robin:3"
deny "but does not push" docker push "$HOST/birds/robin:3"
said "and is told the namespace" birds
said "and the action" push

docker login -u token -p "$rw" "$HOST" >/dev/null 2>&1
latchkey cr token-rm -f "$id" >/dev/null
deny "a removed token does not pull" docker pull "$HOST/birds/wren:1"
deny "nor log in" docker login -u token -p "$rw" "$HOST"
finish
