#!/usr/bin/env bash
# A certificate authority for tests and for a small office, with openssl.
#
#   deploy/pki.sh init DIR                        a new authority in DIR
#   deploy/pki.sh server DIR HOST...              DIR/server.pem and server.key,
#                                                 for host names or IP addresses
#   deploy/pki.sh client DIR CODE ROLE NAME       DIR/NAME.pem and NAME.key: a
#                                                 person of an agency in a role
#   deploy/pki.sh renew DIR FILE.pem              a new pair for the same server or
#                                                 person, in the old one's place
#   deploy/pki.sh revoke DIR FILE.pem             revokes a certificate, and makes
#                                                 DIR/crl/ca.crl anew
#   deploy/pki.sh crl DIR                         a new DIR/crl/ca.crl, for the
#                                                 server's --tls_crl_dir
#
# FILE=zhang-auditor gives server and client another file name than server or NAME:
# for a person's second role, for two persons of one name. renew keeps the old pair
# beside the new one, as FILE.until-20250131235959Z.pem and .key, by its last second.
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

refuse() {
  echo "$1" >&2
  exit 2
}

require_authority() {
  [ -f "$1/ca.pem" ] || {
    echo "There is no authority in $1; make one: deploy/pki.sh init $1" >&2
    exit 1
  }
}

# The value of a character in GB 32100's alphabet; of a letter in GB 11714, which
# leaves none out, it is its place after the digits.
value_32100() {
  local before=${ALPHABET_32100%%"$1"*}
  echo ${#before}
}
value_11714() {
  local letters=ABCDEFGHIJKLMNOPQRSTUVWXYZ before
  if [[ $1 == [0-9] ]]; then echo "$1"; return; fi
  before=${letters%%"$1"*}
  echo $((10 + ${#before}))
}
readonly ALPHABET_32100=0123456789ABCDEFGHJKLMNPQRTUWXY

# A certificate with a code that the server does not take lets nobody in.
require_code() {
  local code=$1 i sum=0 weight=1 weights=(3 7 9 10 5 8 4 2) digits=0123456789X0
  [[ $code =~ ^[$ALPHABET_32100]{2}[0-9]{6}[$ALPHABET_32100]{10}$ ]] ||
    refuse "$code is no unified social credit code: 18 digits and capital letters without I, O, S, V, Z, 3 to 8 digits"
  for i in {0..7}; do
    sum=$((sum + weights[i] * $(value_11714 "${code:8 + i:1}")))
  done
  [ "${code:16:1}" = "${digits:$((11 - sum % 11)):1}" ] ||
    refuse "$code: character 17, which checks 9 to 16, does not fit; compare the code with the agency's certificate"
  sum=0
  for i in {0..16}; do
    sum=$((sum + weight * $(value_32100 "${code:i:1}")))
    weight=$((weight * 3 % 31))
  done
  [ "${code:17:1}" = "${ALPHABET_32100:$(((31 - sum % 31) % 31)):1}" ] ||
    refuse "$code: the last character, which checks the others, does not fit; compare the code with the agency's certificate"
}

require_file_name() {
  [[ -n $1 && $1 != .* && $1 != -* && $1 != */* ]] ||
    refuse "\"$1\" can't be a file's name; give one with FILE="
}

# What is not seen, or not told from a space: two names that look the same must
# be the same (service/identity.cc refuses them too).
readonly UNSEEN=(0-1f 7f-a0 ad-ad 34f-34f 600-605 61c-61c 6dd-6dd 70f-70f 890-891
  8e2-8e2 115f-1160 1680-1680 17b4-17b5 180b-180f 2000-200f 2028-202f 205f-206f
  2800-2800 3000-3000 3164-3164 fe00-fe0f feff-feff ffa0-ffa0 fff0-fffb
  110bd-110bd 110cd-110cd 13430-1343f 1bca0-1bca3 1d173-1d17a e0000-e0fff)
# Accents apart from their letters, and forms of characters made to look like others:
# of what looks the same, the server takes one form only (Unicode's NFKC).
readonly OTHER_FORMS=(a8-a8 aa-aa af-af b2-b5 b8-ba bc-be 132-133 13f-140 149-149
  17f-17f 1c4-1cc 1f1-1f3 2b0-2b8 2d8-2dd 2e0-2e4 300-36f 1dc0-1dff 2010-2015
  2024-2026 2070-209f 20d0-20ff 2100-218f 2460-24ff 2e80-2fdf 3131-318e 3200-33ff
  f900-faff fb00-fb4f fb50-fdff fe20-fefc ff01-ffef 1d400-1d7ff 1f100-1f2ff
  2f800-2fa1f)

require_name() {
  local name=$1 codes code range length=0
  codes=$(printf %s "$name" | iconv -f UTF-8 -t UTF-32BE 2>/dev/null |
    od -An -v -tx4 --endian=big) || refuse "$(printf %q "$name") can't be a name: it is not UTF-8"
  for code in $codes; do
    length=$((length + 1))
    for range in "${UNSEEN[@]}"; do
      ((16#$code < 16#${range%-*} || 16#$code > 16#${range#*-})) ||
        refuse "\"$name\" can't be a name: U+$(printf %04X $((16#$code))) in it is not seen, or not told from a space"
    done
    for range in "${OTHER_FORMS[@]}"; do
      ((16#$code < 16#${range%-*} || 16#$code > 16#${range#*-})) ||
        refuse "\"$name\" can't be a name: U+$(printf %04X $((16#$code))) in it is a part or another form of a character; type the usual one, such as é for e and an accent"
    done
  done
  [[ -n $name && $name != ' '* && $name != *' ' && $name != *'  '* ]] ||
    refuse "\"$name\" can't be a name: empty, or with a space before or after it, or two in a row"
  # '#' stands before it in what the ledger records; openssl reads the others as
  # more than a name.
  [[ ! $name =~ []#+/\\,=[] ]] ||
    refuse "\"$name\" can't be a name: without # + / \\ , = [ ]"
  # X.520 allows no more in a common name.
  [ $length -le 64 ] ||
    refuse "\"$name\" is too long for a certificate: $length characters, of which at most 64 are allowed"
}

require_validity() {
  local one
  [[ ${DAYS:-1} =~ ^[1-9][0-9]{0,4}$ ]] || refuse "DAYS=$DAYS is no number of days"
  [ -n "${FROM:-}" ] || [ -z "${UNTIL:-}" ] || refuse "UNTIL without FROM: give both, or DAYS"
  [ -z "${FROM:-}" ] || [ -n "${UNTIL:-}" ] || refuse "FROM without UNTIL: give both, or DAYS"
  for one in ${FROM:-} ${UNTIL:-}; do
    [[ $one =~ ^[0-9]{14}Z$ ]] || refuse "$one is no time such as 20250131235959Z"
  done
  [ -z "${FROM:-}" ] || [[ $FROM < $UNTIL ]] || refuse "UNTIL=$UNTIL is not after FROM=$FROM"
}

authority() { # DIR ARGUMENT...
  local dir=$1 log status=0
  shift
  log=$(ANNALS_CA=$dir ANNALS_SAN=${SAN:-} openssl ca -config "$dir/ca.cnf" -batch \
    -notext "$@" 2>&1) || status=$?
  [ $status -eq 0 ] || {
    echo "$log" >&2
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
crlnumber = $dir/crlnumber
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
  require_validity
  if [ -e "$dir/ca.pem" ]; then
    echo "There is an authority in $dir already." >&2
    exit 1
  fi
  mkdir -p "$dir/issued" "$dir/crl"
  chmod 700 "$dir"
  : >"$dir/index.txt"
  printf "1000\n" >"$dir/crlnumber"
  write_config "$dir"
  new_key "$dir/ca.key"
  openssl req -x509 -new -key "$dir/ca.key" -sha256 -days "${DAYS:-3650}" \
    -subj "/CN=Annals $(date -u +%Y-%m-%d) $(openssl rand -hex 4)" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$dir/ca.pem"
  new_crl "$dir"
  echo "$dir/ca.pem"
}

# Into DIR/.new, so that a failure leaves nothing where it could be taken for a
# certificate; `place` puts it where it belongs.
issue() { # DIR KIND COMMON-NAME
  local dir=$1 kind=$2 name=$3
  rm -rf "$dir/.new"
  mkdir "$dir/.new"
  trap "rm -rf $(printf %q "$dir/.new")" EXIT
  new_key "$dir/.new/key"
  openssl req -new -utf8 -key "$dir/.new/key" -subj "/CN=$name" -out "$dir/.new/csr"
  local validity=(-days "${DAYS:-365}")
  [ -z "${FROM:-}" ] || validity=(-startdate "$FROM" -enddate "$UNTIL")
  authority "$dir" "${validity[@]}" -extensions "$kind" -in "$dir/.new/csr" \
    -out "$dir/.new/pem"
}

place() { # DIR FILE
  mv -T "$1/.new/key" "$2.key"
  mv -T "$1/.new/pem" "$2.pem"
  echo "$2.pem"
}

require_free() { # DIR FILE
  local suffix
  for suffix in pem key; do
    [ ! -e "$2.$suffix" ] || {
      echo "$2.$suffix is there already. Renew it: deploy/pki.sh renew $1 $2.pem" >&2
      echo "For another certificate give another file name: FILE=NAME deploy/pki.sh ..." >&2
      exit 1
    }
  done
}

server() {
  [ $# -ge 2 ] || usage
  local dir=$1 names=() file=${FILE:-server}
  shift
  require_authority "$dir"
  require_validity
  require_file_name "$file"
  for host in "$@"; do
    [[ $host =~ ^[0-9A-Za-z.:_*-]+$ ]] ||
      refuse "\"$host\" is no host name and no IP address"
    [[ ! $host =~ ^[^:]*:[0-9]+$ ]] ||
      refuse "\"$host\" has a port; name the host alone"
    if [[ $host =~ ^[0-9.]+$|: ]]; then
      names+=("IP:$host")
    else
      names+=("DNS:$host")
    fi
  done
  # It is the common name as well.
  [ ${#1} -le 64 ] ||
    refuse "$1 is too long to be the first: ${#1} characters, of which at most 64 are allowed; name a shorter one before it"
  require_free "$dir" "$dir/$file"
  SAN=$(IFS=,; echo "${names[*]}") issue "$dir" server "$1"
  place "$dir" "$dir/$file"
}

client() {
  [ $# -eq 4 ] || usage
  local dir=$1 code=$2 role=$3 name=$4 file=${FILE:-$4}
  require_authority "$dir"
  require_validity
  case $role in
    submitter | reviewer | archivist | auditor | operator) ;;
    *) refuse "$role is no role: submitter, reviewer, archivist, auditor, operator" ;;
  esac
  require_code "$code"
  require_name "$name"
  require_file_name "$file"
  require_free "$dir" "$dir/$file"
  SAN="URI:annals://agency/$code/$role" issue "$dir" client "$name"
  place "$dir" "$dir/$file"
}

# Of a certificate: all that its subject's common name says.
common_name() {
  openssl x509 -in "$1" -noout -subject -nameopt utf8,sep_multiline,lname |
    sed -n 's/^ *commonName=//p'
}

# For whom it is, as openssl's configuration takes it.
alternative_names() {
  openssl x509 -in "$1" -noout -ext subjectAltName |
    sed -n -e '2s/IP Address:/IP:/g' -e '2s/[[:space:]]//gp'
}

# By its serial number, in the authority's list.
is_revoked() { # DIR FILE
  local serial
  serial=$(openssl x509 -in "$2" -noout -serial)
  awk -F '\t' -v serial="${serial#serial=}" \
    '$1 == "R" && $4 == serial { found = 1 } END { exit !found }' "$1/index.txt"
}

renew() {
  [ $# -eq 2 ] || usage
  local dir=$1 file=${2%.pem} kind=server names name until old
  require_authority "$dir"
  require_validity
  [ -f "$file.pem" ] || refuse "There is no certificate $file.pem to renew"
  openssl verify -CAfile "$dir/ca.pem" -no_check_time "$file.pem" >/dev/null 2>&1 ||
    refuse "$file.pem is no certificate of the authority in $dir"
  ! is_revoked "$dir" "$file.pem" || {
    echo "$file.pem is revoked, and is not renewed. If its holder is to come in again, make another: FILE=NAME deploy/pki.sh ..." >&2
    exit 1
  }
  names=$(alternative_names "$file.pem" 2>/dev/null)
  [ -n "$names" ] || refuse "$file.pem is for no server and no person"
  name=$(common_name "$file.pem")
  [[ $names != URI:* ]] || kind=client
  # One that is refused everywhere is not worth renewing.
  [ $kind = server ] || require_name "$name"
  until=$(openssl x509 -in "$file.pem" -noout -enddate)
  old=$file.until-$(date -u -d "${until#notAfter=}" +%Y%m%d%H%M%SZ)
  # Renewed twice, until the same second.
  while [ -e "$old.pem" ] || [ -e "$old.key" ]; do old=$old-earlier; done
  SAN=$names issue "$dir" $kind "$name"
  mv -T "$file.pem" "$old.pem"
  [ ! -e "$file.key" ] || mv -T "$file.key" "$old.key"
  place "$dir" "$file"
  echo "the old one, until it ends or is revoked: $old.pem" >&2
}

revoke() {
  [ $# -eq 2 ] || usage
  local dir=$1 file=$2
  require_authority "$dir"
  [ -f "$file" ] || refuse "There is no certificate $file to revoke"
  openssl verify -CAfile "$dir/ca.pem" -no_check_time "$file" >/dev/null 2>&1 ||
    refuse "$file is no certificate of the authority in $dir"
  # The authority's own would let nobody in any more.
  [ -n "$(alternative_names "$file" 2>/dev/null)" ] ||
    refuse "$file is for no server and no person: of the authority's own nothing is revoked; make a new authority"
  ! is_revoked "$dir" "$file" || {
    echo "$file is revoked already. For a new list: deploy/pki.sh crl $dir" >&2
    exit 1
  }
  authority "$dir" -revoke "$file"
  crl "$dir"
  echo "until the server has that list, $file still lets in" >&2
}

new_crl() { # DIR
  SAN=URI:none: authority "$1" -gencrl -crldays "${DAYS:-30}" -out "$1/ca.crl.new"
  # The server looks at the directory at any time: it must find a whole file.
  mv "$1/ca.crl.new" "$1/crl/ca.crl"
}

crl() {
  [ $# -eq 1 ] || usage
  require_authority "$1"
  require_validity
  new_crl "$1"
  echo "$1/crl/ca.crl"
  echo "the new list; bring it to the server, into the directory of its --tls_crl_dir, in the old one's place" >&2
}

[ $# -ge 1 ] || usage
case $1 in
  init | server | client | renew | revoke | crl) "$@" ;;
  *) usage ;;
esac
