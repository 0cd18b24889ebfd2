"""Programs that the default images of shell commands hold (besides what Bash does itself)."""

from __future__ import annotations

_BUILTINS = """
    . : [ [[ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable
    eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd
    pwd read readarray readonly return set shift shopt source suspend test time times trap true type typeset ulimit
    umask unalias unset wait
"""
_BUSYBOX = """
    acpid adduser addgroup arch arp arping ash awk base64 basename bc beep blkdiscard blkid brctl bunzip2 bzcat
    bzip2 cal cat chattr chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm cp cpio crond crontab cryptpw
    cut date dc dd deallocvt delgroup deluser depmod df diff dirname dmesg dnsdomainname dos2unix du dumpkmap echo
    egrep eject env ether-wake expand expr factor fallocate false fbset fbsplash fdflush fdisk fgrep find findfs
    flock fold free fsck fstrim fsync fuser getopt getty grep groups gunzip gzip halt hd head hexdump hostid
    hostname hwclock id ifconfig ifdown ifenslave ifup init inotifyd insmod install ionice iostat ip ipaddr ipcalc
    ipcrm ipcs iplink ipneigh iproute iprule iptunnel kill killall killall5 klogd last less link linux32 linux64 ln
    loadfont loadkmap logger login logread losetup ls lsattr lsmod lsof lsusb lzcat lzma lzop lzopcat makemime
    md5sum mdev mesg microcom mkdir mkdosfs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount
    mountpoint mpstat mv nameif nanddump nbd-client nc netstat nice nl nmeter nohup nologin nproc nsenter nslookup
    ntpd od openvt partprobe passwd paste pgrep pidof ping ping6 pipe_progress pivot_root pkill pmap poweroff
    printenv printf ps pscan pstree pwd pwdx rdate readahead readlink realpath reboot reformime remove-shell renice
    reset resize rev rfkill rm rmdir rmmod route run-parts sed sendmail seq setconsole setfont setkeycodes
    setlogcons setpriv setserial setsid sh sha1sum sha256sum sha3sum sha512sum showkey shred shuf slattach sleep
    sort split stat strings stty su sum swapoff swapon switch_root sync sysctl syslogd tac tail tar tee test time
    timeout top touch tr traceroute traceroute6 tree true truncate tty ttysize tunctl udhcpc udhcpc6 umount uname
    unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip uptime usleep uudecode uuencode vconfig vi vlock
    volname watch watchdog wc wget which who whoami whois xargs xxd xzcat yes zcat zcip apk bash
"""
_DEBIAN_SLIM = """
    apt apt-cache apt-config apt-get apt-key apt-mark arch awk b2sum base32 base64 basename basenc bash cat chattr
    chcon chfn chgrp chmod choom chown chpasswd chroot chrt chsh cksum clear cmp comm cp csplit cut dash date dd
    deb-systemd-helper debconf df diff diff3 dir dircolors dirname dmesg dnsdomainname domainname dpkg dpkg-query du
    echo egrep env expand expiry expr factor fallocate false fgrep find findmnt flock fmt fold getconf getent getopt
    gpasswd grep groups gunzip gzexe gzip head hostid hostname iconv id infocmp install ionice ipcmk ipcrm ipcs join
    kill last ldd link ln locale localedef logger login logname ls lsattr lsblk lscpu lsipc lslocks lslogins lsmem
    lsns mawk mcookie md5sum mesg mkdir mkfifo mknod mktemp more mount mountpoint mv namei nawk newgrp nice nl nohup
    nproc nsenter numfmt od partx passwd paste pathchk perl pidof pinky pip pip3 pip3.12 pr printenv printf prlimit
    ptx pwd pydoc pydoc3 python python3 python3.12 rbash readlink realpath rename.ul renice reset rev rgrep rm rmdir
    run-parts runcon savelog script scriptlive scriptreplay sdiff sed seq setarch setpriv setsid setterm sh sha1sum
    sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum sync tac tail tar
    taskset tee tempfile test tic timeout toe touch tput tr true truncate tset tsort tty tzselect umount uname
    uncompress unexpand uniq unlink unshare update-alternatives users utmpdump vdir wall wc wdctl whereis which who
    whoami xargs yes zcat zcmp zdiff zegrep zfgrep zforce zgrep zless zmore znew
"""

BUILTINS = frozenset(_BUILTINS.split())
"""Bash's own commands."""
PROGRAMS: dict[str, frozenset[str]] = {
    "bash:5.2": frozenset(_BUSYBOX.split()),
    "python:3.12-slim": frozenset(_DEBIAN_SLIM.split()),
}
"""By default image. What another image holds is the business of who chose it."""
