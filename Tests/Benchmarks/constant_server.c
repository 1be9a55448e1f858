/*
 * Answers every request with the same bytes: what libmicrohttpd alone can do on one core.
 *
 *   constant_server FILE CONTENT_TYPE      serves FILE's bytes on a free port of 127.0.0.1 and prints that port
 *
 * One thread, external epoll, as in shophost; a shop's figures are read as a share of this one's.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static enum MHD_Result answer(void *response, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **context) {
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    static int head_seen;
    // A response to the head alone makes the library close the connection: the second call is the one for the whole request.
    if (*context != &head_seen) {
        *context = &head_seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

static struct MHD_Response *response_from(const char *path, const char *content_type) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    static char body[1 << 20];
    size_t size = fread(body, 1, sizeof body, file);
    fclose(file);
    struct MHD_Response *response = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT);
    if (response) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    return response;
}

static struct MHD_Daemon *daemon_for(struct MHD_Response *response) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, response, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)4096, MHD_OPTION_END);
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: constant_server FILE CONTENT_TYPE\n");
        return 64;
    }
    struct MHD_Response *response = response_from(arguments[1], arguments[2]);
    struct MHD_Daemon *daemon = response ? daemon_for(response) : NULL;
    if (!daemon) {
        perror("constant_server");
        return 1;
    }
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);

    struct pollfd ready = {.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN};
    for (;;) {
        MHD_UNSIGNED_LONG_LONG milliseconds;
        // Without a timeout of its own the daemon waits for the network only.
        int wait = MHD_get_timeout(daemon, &milliseconds) == MHD_YES ? (int)milliseconds : -1;
        poll(&ready, 1, wait);
        MHD_run(daemon);
    }
}
