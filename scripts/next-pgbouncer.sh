#!/bin/sh
# Puts the PgBouncer of Debian's next release into build/next-pgbouncer, with the libraries that it needs,
# and makes `build/next-pgbouncer/pgbouncer` run it. Nothing is installed on this machine.
set -e

cd "$(dirname "$0")/.."
release=${NEXT_DEBIAN:-trixie}
target=build/next-pgbouncer
[ ! -x "$target/pgbouncer" ] || exit 0

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

command -v apt-get >/dev/null || fail "The packages of Debian are fetched with apt-get, which is not installed."
current=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $current" "Created-By: Packages" | head -n 1)
[ -n "$mirror" ] || fail "apt knows no mirror of $current: run apt-get update."

rm -rf "$target"
mkdir -p "$target/apt/lists/partial" "$target/apt/archives/partial" "$target/root"
apt=$(pwd)/$target/apt
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$apt/sources.list"
: >"$apt/status"

# As on a machine where nothing is installed, so that every library is fetched.
next_apt() {
    apt-get --quiet --yes --no-install-recommends -o "Dir::Etc::SourceList=$apt/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" \
        -o "Dir::Cache=$apt" -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" "$@" >>"$apt/log" 2>&1 ||
        fail "apt-get failed: $(tail -n 1 "$apt/log")"
}

next_apt update
next_apt install --download-only pgbouncer
for package in "$apt"/archives/*.deb; do
    dpkg-deb --extract "$package" "$target/root"
done
rm -rf "$apt"

# Its libc is newer than that of this machine, and brings a loader of its own.
libraries=$(dirname "$(find "$(pwd)/$target/root/usr/lib" -maxdepth 2 -name 'ld-linux-*' | head -n 1)")
loader=$(find "$libraries" -maxdepth 1 -name 'ld-linux-*' | head -n 1)
cat >"$target/pgbouncer" <<END
#!/bin/sh
exec '$loader' --library-path '$libraries' '$(pwd)/$target/root/usr/sbin/pgbouncer' "\$@"
END
chmod +x "$target/pgbouncer"
