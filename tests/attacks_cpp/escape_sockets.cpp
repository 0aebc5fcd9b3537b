// Tries: opens sockets of all families, and calls out
// Must: no connection comes about
// Status: ok
// Stdout: contained
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstdio>
#include <initializer_list>
#include <cstring>
int main() {
    for (int family = 0; family < 46; family++)
        for (int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW}) {
            int made = socket(family, type | SOCK_NONBLOCK, 0);
            if (made >= 0 && family != AF_UNIX) printf("reached: family %d\n", family);
            if (made >= 0) close(made);
        }
    for (const char *path : {"/var/run/docker.sock", "/run/docker.sock", "/run/systemd/private", "/tmp/.X11-unix/X0"}) {
        sockaddr_un place = {AF_UNIX, {}};
        strcpy(place.sun_path, path);
        int made = socket(AF_UNIX, SOCK_STREAM, 0);
        if (made >= 0 && !connect(made, (sockaddr *)&place, sizeof place)) printf("reached: %s\n", path);
        if (made >= 0) close(made);
    }
    puts("contained");
}
