#!/bin/sh
# Install kubectl-winready for CI: download an archive of a release, hold it against the release's checksums, unpack the program.
#   sh install.sh FOLDER
# WINREADY_VERSION is the release, v0.1.0; WINREADY_URL is where releases are, for a mirror. No bash, as images for CI may have none.
set -eu

folder=${1:?usage: install.sh FOLDER}
version=${WINREADY_VERSION:?WINREADY_VERSION: want a release, like v0.1.0}
url=${WINREADY_URL:-https://github.com/winready/kubectl-winready/releases/download}

case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
MINGW* | MSYS* | CYGWIN*) os=windows ;;
*) echo "install.sh: no archive for $(uname -s): want Linux, macOS or Windows" >&2 && exit 1 ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) echo "install.sh: no archive for $(uname -m): want x86_64 or arm64" >&2 && exit 1 ;;
esac
archive=kubectl-winready-$os-$arch.tar.gz

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$archive" checksums.txt; do
	if command -v curl >/dev/null; then
		curl --fail --silent --show-error --location --retry 3 --output "$work/$file" "$url/$version/$file"
	else
		wget -q -O "$work/$file" "$url/$version/$file"
	fi
done

# The one line of it, so that a missing one is no success.
want=$(awk -v name="$archive" '$2 == name {print $1}' "$work/checksums.txt")
if command -v sha256sum >/dev/null; then
	got=$(sha256sum "$work/$archive")
else
	got=$(shasum -a 256 "$work/$archive")
fi
if [ -z "$want" ] || [ "${got%% *}" != "$want" ]; then
	echo "install.sh: $archive of $version has the checksum ${got%% *}, and the release says ${want:-nothing}" >&2
	exit 1
fi

program=kubectl-winready
[ "$os" = windows ] && program=kubectl-winready.exe
mkdir -p "$folder"
tar -xzf "$work/$archive" -C "$work" "$program"
mv "$work/$program" "$folder/$program"
"$folder/$program" version
