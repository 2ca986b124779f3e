/** A machine that serves a PHP application. */
export const SERVER_PHP: string = `# PHP server: FrankenPHP behind Caddy, with a health check
kernel:
  image: linuxkit/kernel:6.12.59
  cmdline: "console=tty0 console=ttyS0 console=ttyAMA0"
init:
  - linuxkit/init:b5506cc74a6812dc40982cacfd2f4328f8a4b12a
  - linuxkit/runc:9442aa234715e751a16144f1d4ae3fd1a00fd492
  - linuxkit/containerd:ba19f64efd3331a8fd0a33e00eabd14f6ee1780e
  - linuxkit/ca-certificates:256f1950df59f2f209e9f0b81374177409eb11de
onboot:
  - name: sysctl
    image: linuxkit/sysctl:43ac1d39da329c3567fcb9689e5ca99de6d169b6
  - name: dhcpcd
    image: linuxkit/dhcpcd:b87e9ececac55a65eaa592f4dd8b4e0c3009afdb
    command: ["/sbin/dhcpcd", "--nobackground", "-f", "/dhcpcd.conf", "-1"]
  # the first empty disk becomes /var/data: the application is in app, certificates are in caddy
  - name: format
    image: linuxkit/format:4f779c0b0d0ba145b7f03211b5cbf59fbbe12e54
  - name: mount
    image: linuxkit/mount:bd1c3bb45e48e68e47a9456d1669f7119f855184
    command: ["/usr/bin/mountie", "/var/data"]
services:
  - name: acpid
    image: linuxkit/acpid:dbd30b25903bf17042c22171b729f94c4bd3d98d
  - name: rngd
    image: linuxkit/rngd:984eb580ecb63986f07f626b61692a97aacd7198
  - name: ntpd
    image: linuxkit/openntpd:2508f1d040441457a0b3e75744878afdf61bc473
  - name: sshd
    image: linuxkit/sshd:08e5d4a46603eff485d5d1b14001cc932a530858
    hostname: \${HOSTNAME:-server-php}
    binds.add:
      - /root/.ssh:/root/.ssh
      - /var/data:/data
  - name: php
    image: dunglas/frankenphp:1.11.3-php8.5-alpine
    net: host
    capabilities:
      - CAP_NET_BIND_SERVICE
    env:
      - SERVER_NAME=:8080
      - SERVER_ROOT=public/
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /var/data/app:/app
      - /etc/php/core.ini:/usr/local/etc/php/conf.d/core.ini:ro
    runtime:
      mkdir: ["/var/data/app/public"]
    command: ["frankenphp", "run", "--config", "/etc/frankenphp/Caddyfile"]
  - name: caddy
    image: caddy:2.10.2-alpine
    net: host
    capabilities:
      - CAP_NET_BIND_SERVICE
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /etc/caddy/Caddyfile:/etc/caddy/Caddyfile:ro
      - /var/data/caddy:/data
    runtime:
      mkdir: ["/var/data/caddy"]
    command: ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
  - name: health
    image: caddy:2.10.2-alpine
    net: host
    binds:
      - /etc/health/check.sh:/check.sh:ro
      - /dev/console:/dev/console
    command: ["sh", "/check.sh"]
files:
  - path: root/.ssh/authorized_keys
    contents: "\${SSH_KEY}"
    mode: "0600"
  - path: etc/php/core.ini
    contents: |
      memory_limit = \${PHP_MEMORY:-256M}
      expose_php = Off
  - path: etc/caddy/Caddyfile
    contents: |
      \${DOMAIN:-:80} {
        encode zstd gzip
        respond /healthz 200
        reverse_proxy 127.0.0.1:8080
      }
  # tells the console when the application stops or starts to answer
  - path: etc/health/check.sh
    contents: |
      before=
      while true; do
        now=down
        wget -q -T 5 -O /dev/null http://127.0.0.1:8080/ && now=up
        [ "$now" = "$before" ] || echo "health: the application is $now" >/dev/console
        before=$now
        sleep 10
      done
`;
