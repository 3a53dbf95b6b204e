#!/usr/bin/env bash
# A certificate authority for tests and for a small office, with openssl.
#
#   deploy/pki.sh init DIR                        a new authority in DIR
#   deploy/pki.sh server DIR HOST...              DIR/server.pem and server.key,
#                                                 for host names or IP addresses
#   deploy/pki.sh client DIR CODE ROLE NAME       DIR/NAME.pem and NAME.key: a
#                                                 person of an agency in a role
#   deploy/pki.sh revoke DIR FILE.pem             revokes a certificate
#   deploy/pki.sh crl DIR                         a new DIR/crl/ca.crl
#
# DAYS says for how many days what is made is valid: 3650 for an authority, 365
# for certificates, 30 for revocation lists, if it is not set. FROM and UNTIL, such
# as 20250131235959Z, say it of a certificate to the second. Whoever has DIR can
# make any certificate: keep it off the server, on a machine without a network.
set -euo pipefail

usage() {
  sed -n '2,/^set -/p' "$0" | sed -e '/^set -/d' -e 's/^# \{0,1\}//' >&2
  exit 2
}

# Ed25519 would do, but older clients of other languages do not know it.
new_key() {
  (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$1")
}

require_authority() {
  [ -f "$1/ca.pem" ] || {
    echo "There is no authority in $1; make one: deploy/pki.sh init $1" >&2
    exit 1
  }
}

authority() { # DIR ARGUMENT...
  local dir=$1
  shift
  ANNALS_CA=$dir ANNALS_SAN=${SAN:-} openssl ca -config "$dir/ca.cnf" -batch \
    -notext "$@" 2>"$dir/openssl.log" || {
    cat "$dir/openssl.log" >&2
    exit 1
  }
}

write_config() {
  cat >"$1/ca.cnf" <<'CONFIG'
[ca]
default_ca = office
[office]
dir = $ENV::ANNALS_CA
database = $dir/index.txt
new_certs_dir = $dir/issued
certificate = $dir/ca.pem
private_key = $dir/ca.key
rand_serial = yes
default_md = sha256
policy = names
unique_subject = no
copy_extensions = none
string_mask = utf8only
[names]
commonName = supplied
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::ANNALS_SAN
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = $ENV::ANNALS_SAN
CONFIG
}

init() {
  [ $# -eq 1 ] || usage
  local dir=$1
  if [ -e "$dir/ca.pem" ]; then
    echo "There is an authority in $dir already." >&2
    exit 1
  fi
  mkdir -p "$dir/issued" "$dir/crl"
  chmod 700 "$dir"
  : >"$dir/index.txt"
  write_config "$dir"
  new_key "$dir/ca.key"
  openssl req -x509 -new -key "$dir/ca.key" -sha256 -days "${DAYS:-3650}" \
    -subj "/CN=Annals $(date -u +%Y-%m-%d) $(openssl rand -hex 4)" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$dir/ca.pem"
  crl "$dir"
  echo "$dir/ca.pem"
}

issue() { # DIR KIND FILE COMMON-NAME
  local dir=$1 kind=$2 file=$3 name=$4
  if [ -e "$file.pem" ]; then
    echo "$file.pem is there already; choose another name." >&2
    exit 1
  fi
  new_key "$file.key"
  openssl req -new -utf8 -key "$file.key" -subj "/CN=$name" \
    -out "$file.csr"
  local validity=(-days "${DAYS:-365}")
  [ -z "${FROM:-}" ] || validity=(-startdate "$FROM" -enddate "$UNTIL")
  authority "$dir" "${validity[@]}" -extensions "$kind" -in "$file.csr" \
    -out "$file.pem"
  rm "$file.csr"
  echo "$file.pem"
}

server() {
  [ $# -ge 2 ] || usage
  local dir=$1 names=()
  shift
  require_authority "$dir"
  for host in "$@"; do
    if [[ $host =~ ^[0-9.]+$|: ]]; then
      names+=("IP:$host")
    else
      names+=("DNS:$host")
    fi
  done
  SAN=$(IFS=,; echo "${names[*]}") issue "$dir" server "$dir/server" "$1"
}

client() {
  [ $# -eq 4 ] || usage
  local dir=$1 code=$2 role=$3 name=$4
  require_authority "$dir"
  case $role in
    submitter | reviewer | archivist | auditor | operator) ;;
    *)
      echo "$role is no role: submitter, reviewer, archivist, auditor, operator" >&2
      exit 2
      ;;
  esac
  if [[ $name == */* || $name == .* ]]; then
    echo "$name can't be a file's name; use the person's name without it" >&2
    exit 2
  fi
  SAN="URI:annals://agency/$code/$role" issue "$dir" client "$dir/$name" "$name"
}

revoke() {
  [ $# -eq 2 ] || usage
  require_authority "$1"
  authority "$1" -revoke "$2"
  crl "$1"
}

crl() {
  [ $# -eq 1 ] || usage
  require_authority "$1"
  SAN=URI:none: authority "$1" -gencrl -crldays "${DAYS:-30}" -out "$1/ca.crl.new"
  # The server looks at the directory at any time: it must find a whole file.
  mv "$1/ca.crl.new" "$1/crl/ca.crl"
}

[ $# -ge 1 ] || usage
case $1 in
  init | server | client | revoke | crl) "$@" ;;
  *) usage ;;
esac
