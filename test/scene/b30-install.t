# "meson install" into a folder, and what was installed by itself: where the folder
# of the build cannot be seen, and nothing of it is open.
. "$(dirname "$0")/lib.sh"
command -v meson >/dev/null || skip_all "meson is not installed"

root=$T/root there=$T/root/usr/local
install_it() {
	DESTDIR=$root flock "$BUILD/install.lock" \
		meson install -C "$BUILD" --no-rebuild --quiet
}
want "it is installed" install_it
for file in bin/latchkey bin/docker-credential-latchkey sbin/latchkeyd \
	libexec/latchkey/latchkeyd-ssh libexec/latchkey/latchkeyd-vault \
	libexec/latchkey/latchkeyd-keymaker libexec/latchkey/latchkeyd-hook \
	libexec/latchkey/latchkey-keys libexec/latchkey/latchkey-keys.client \
	libexec/latchkey/hooks/pre-receive; do
	is "a program: $file" "$(test -x "$there/$file" && echo yes)" yes
done
for file in lib/systemd/system/latchkeyd.service \
	lib/systemd/system/latchkeyd-http.socket \
	lib/systemd/system/latchkeyd-ssh.socket lib/sysusers.d/latchkey.conf \
	etc/latchkey/latchkeyd.conf share/doc/latchkey/LICENSE \
	share/doc/latchkey/README.md share/doc/latchkey/doc/THREATS.md \
	share/locale/ko/LC_MESSAGES/latchkey.mo share/man/man1/latchkey.1 \
	share/man/man8/latchkeyd.8 share/man/man5/latchkeyd.conf.5 \
	share/bash-completion/completions/latchkey.bash \
	share/zsh/site-functions/_latchkey \
	share/fish/vendor_completions.d/latchkey.fish; do
	is "a file: $file" "$(test -s "$there/$file" && echo yes)" yes
done
is "nothing of the tests" "$(find "$root" -name '*test*' ! -path '*/doc/*')" ''
is "nobody but root may change it" \
	"$(find "$root" ! -type l -perm /022 | head -n 3)" ''
is "the unit names what is installed" \
	"$(sed -n 's/^ExecStart=//p' "$there/lib/systemd/system/latchkeyd.service")" \
	'/usr/local/sbin/latchkeyd serve --config /usr/local/etc/latchkey/latchkeyd.conf'
want "the settings are settings" "$there/sbin/latchkeyd" check-config \
	--config "$there/etc/latchkey/latchkeyd.conf"
echo '# mine' >>"$there/etc/latchkey/latchkeyd.conf"
want "it is installed once more" install_it
is "which leaves settings alone" \
	"$(tail -n 1 "$there/etc/latchkey/latchkeyd.conf")" '# mine'

# --- it runs by itself
export PATH="$T/bin:$there/bin:$there/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	# What it starts is in that namespace, too, and what the scene runs in it.
	# The scene's own folder may lie within that of the build.
	cat >"$T/bin/apart" <<-E2
		#!/bin/sh
		exec unshare -m --propagation private sh -c '
			mkdir -p "$T/hidden" && mount --bind "$T/hidden" "$BUILD" &&
			[ -z "\$(ls -A "$BUILD")" ] && exec "\$@"' sh "\$@"
	E2
	hidden=yes
else
	printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/apart"
	hidden=no
fi
chmod 755 "$T/bin/apart"
want "the build can be put out of sight" apart true
[ $hidden = yes ] || echo "# only looked at, not hidden"
apart latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh 127.0.0.1:0 \
	>"$T/ready" 2>"$T/log" </dev/null &
daemon=$!
until_ok grep -q '^ready ' "$T/ready"
want "a first start" grep -q '^ready ' "$T/ready"
remark <"$T/log"
HOST=$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$T/ready") URL=http://$HOST
SSH=$(sed -n 's/^ready .*ssh=\([^ ]*\).*/\1/p' "$T/ready")
SSH_HOST=${SSH%:*} SSH_PORT=${SSH##*:} SSH_URL=ssh://git@$SSH
cp "$DATA/first-apikey" "$T/apikey"
want "a login" apart latchkey login -a "$URL" --apikey "@$T/apikey"
want "a namespace" apart latchkey cr namespace-add birds
rw=$(apart latchkey cr token-add --description t --readwrite -q)
want "a push" push_small "$rw" birds/robin 1
want "and a pull" is_there "$rw" birds/robin 1
make_key me
ssh_setup
want "a repository" apart latchkey repo create main/test
want "a key of its owner" apart latchkey ssh-key add --label me \
	--key "$HOME/.ssh/me.pub"
want "a clone over SSH" git_as me clone -q "$SSH_URL/main/test.git" "$T/work"
git -C "$T/work" commit -q --allow-empty -m first
want "a push over SSH, which runs the hooks" \
	git_as me -C "$T/work" push -q origin HEAD:main
cd "$T" || exit 99
want "a key pair" apart latchkey keypair create web-key
is "whose private half is a key" "$(ssh-keygen -y -f web-key.pem | cut -d ' ' -f 1)" \
	ssh-ed25519
want "what a first boot is sent is there" apart latchkey server create web-1 \
	--keypair web-key
want "texts in Korean" apart env LC_ALL=C.UTF-8 LANGUAGE=ko LANG=ko_KR.UTF-8 \
	LC_MESSAGES=ko_KR.UTF-8 latchkey --help

# --- and nothing of the build is open
family() { # PID: it, and all that it has started
	echo "$1"
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		family "$child"
	done
}
for pid in $(family "$daemon"); do
	readlink "/proc/$pid/exe"
	sed -n 's|^[^/]*\(/.*\)|\1|p' "/proc/$pid/maps"
done 2>/dev/null | sort -u >"$T/open"
is "of the build nothing is open" "$(grep -F "$BUILD/" "$T/open" | grep -v "^$T/")" ''
for name in latchkeyd latchkeyd-ssh latchkeyd-keymaker latchkeyd-vault; do
	like "what runs is installed: $name" "$(cat "$T/open")" \
		"^$there/(sbin|libexec/latchkey)/$name\$"
done
stop
want "and it verifies" apart latchkeyd verify --data "$DATA"

# --- and goes. What was installed last is what goes, so nobody else may meanwhile.
want "ninja takes it away again" flock "$BUILD/install.lock" sh -c '
	DESTDIR=$1 meson install -C "$2" --no-rebuild --quiet &&
		ninja -C "$2" uninstall' sh "$root" "$BUILD"
is "all but the settings" "$(cd "$root" && find . -type f)" \
	./usr/local/etc/latchkey/latchkeyd.conf
finish
