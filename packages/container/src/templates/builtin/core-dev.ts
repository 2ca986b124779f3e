/** A machine to develop on. */
export const CORE_DEV: string = `# Development machine: Go, Node, PHP, Docker and SSH, with a disk that stays under /data
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
  - name: sysfs
    image: linuxkit/sysfs:6d5bd933762f6b216744c711c6e876756cee9600
  - name: dhcpcd
    image: linuxkit/dhcpcd:b87e9ececac55a65eaa592f4dd8b4e0c3009afdb
    command: ["/sbin/dhcpcd", "--nobackground", "-f", "/dhcpcd.conf", "-1"]
  # the first empty disk becomes /var/data; every container below sees it as /data
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
  - name: getty
    image: linuxkit/getty:a86d74c8f89be8956330c3b115b0b1f2e09ef6e0
  - name: sshd
    image: linuxkit/sshd:08e5d4a46603eff485d5d1b14001cc932a530858
    hostname: \${HOSTNAME:-core-dev}
    binds.add:
      - /root/.ssh:/root/.ssh
      - /var/data:/data
  - name: docker
    image: docker:28.5.2-dind
    capabilities:
      - all
    net: host
    mounts:
      - type: cgroup
        options: ["rw", "nosuid", "noexec", "nodev", "relatime"]
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /var/data:/data
      - /var/data/docker:/var/lib/docker
      - /lib/modules:/lib/modules
      - /etc/docker/daemon.json:/etc/docker/daemon.json
    runtime:
      mkdir: ["/var/data/docker"]
    command: ["/usr/local/bin/docker-init", "/usr/local/bin/dockerd"]
  # enter one with: ctr -n services.linuxkit tasks exec -t --exec-id shell go sh
  - name: go
    image: golang:1.25.5-alpine3.23
    net: host
    cwd: /data
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /var/data:/data
    command: ["tail", "-f", "/dev/null"]
  - name: node
    image: node:24.11.1-alpine3.22
    net: host
    cwd: /data
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /var/data:/data
    command: ["tail", "-f", "/dev/null"]
  - name: php
    image: php:8.4.16-cli-alpine
    net: host
    cwd: /data
    binds:
      - /etc/resolv.conf:/etc/resolv.conf
      - /var/data:/data
    command: ["tail", "-f", "/dev/null"]
files:
  - path: root/.ssh/authorized_keys
    contents: "\${SSH_KEY}"
    mode: "0600"
  - path: etc/docker/daemon.json
    contents: '{"log-opts": {"max-size": "10m", "max-file": "3"}}'
`;
