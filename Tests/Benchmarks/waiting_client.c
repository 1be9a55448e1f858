/*
 * Opens many keep-alive connections to 127.0.0.1, sends one GET on each at once and times every answer.
 *
 *   waiting_client PORT PATH CONNECTIONS SECONDS
 *
 * Prints one line of JSON: answers with status 200, errors (anything else, or nothing within SECONDS), and the least, median
 * and greatest time from sending to the last byte, in milliseconds. Connections are open before the first request is sent, on
 * the server's side as well: what accepting them costs is not part of an answer's time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct connection {
    int socket;
    double sent, took; /* milliseconds; took is 0 until the answer is complete */
    size_t length;
    char answer[8192];
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int open_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    if (descriptor >= 0) close(descriptor);
    return -1;
}

/* 1 when a whole 200 with a Content-Length is there, 0 when more must come, -1 for any other status. */
static int judge(const struct connection *connection) {
    const char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end) return 0;
    if (strncmp(connection->answer + 8, " 200", 4) != 0) return -1;
    const char *field = strcasestr(connection->answer, "\r\nContent-Length:");
    if (!field || field > end) return -1;
    size_t body = strtoul(field + 17, NULL, 10);
    return connection->length >= (size_t)(end + 4 - connection->answer) + body;
}

/* 1 when the connection is done, well or not. */
static int receive(struct connection *connection, int *errors) {
    ssize_t count = recv(connection->socket, connection->answer + connection->length, sizeof connection->answer - 1 - connection->length, MSG_DONTWAIT);
    int verdict = -1;
    if (count > 0) {
        connection->length += (size_t)count;
        connection->answer[connection->length] = 0;
        verdict = judge(connection);
    }
    if (verdict == 0) return 0;
    if (verdict < 0) ++*errors;
    if (verdict > 0) connection->took = now() - connection->sent;
    return 1;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void report(const struct connection *connections, int count, int errors) {
    double *times = calloc((size_t)count, sizeof *times);
    int answered = 0;
    for (int index = 0; index < count; ++index)
        if (connections[index].took > 0) times[answered++] = connections[index].took;
    qsort(times, (size_t)answered, sizeof *times, ascending);
    double least = answered ? times[0] : 0, median = answered ? times[answered / 2] : 0, greatest = answered ? times[answered - 1] : 0;
    printf("{\"answered\": %d, \"errors\": %d, \"least\": %.2f, \"median\": %.2f, \"greatest\": %.2f}\n", answered, errors, least, median, greatest);
    free(times);
}

int main(int argument_count, char **arguments) {
    if (argument_count != 5) {
        fprintf(stderr, "usage: waiting_client PORT PATH CONNECTIONS SECONDS\n");
        return 64;
    }
    int port = atoi(arguments[1]), count = atoi(arguments[3]);
    double limit = atof(arguments[4]) * 1e3;
    struct rlimit descriptors = {.rlim_cur = (rlim_t)count + 64, .rlim_max = (rlim_t)count + 64};
    setrlimit(RLIMIT_NOFILE, &descriptors);

    struct connection *connections = calloc((size_t)count, sizeof *connections);
    int poller = epoll_create1(0), errors = 0, pending = 0;
    for (int index = 0; index < count; ++index) {
        connections[index].socket = open_to(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[index]};
        if (connections[index].socket < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, connections[index].socket, &event) != 0) {
            ++errors;
            connections[index].socket = -1;
        }
    }

    /* The kernel has completed all handshakes; the server gets the time to take the connections from the listener's queue. */
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);

    char request[512];
    int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", arguments[2], port);
    double deadline = now() + limit;
    for (int index = 0; index < count; ++index) {
        if (connections[index].socket < 0) continue;
        connections[index].sent = now();
        if (send(connections[index].socket, request, (size_t)size, MSG_NOSIGNAL) == size) ++pending;
        else ++errors;
    }

    while (pending > 0 && now() < deadline) {
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, (int)(deadline - now()) + 1);
        for (int index = 0; index < ready; ++index) {
            struct connection *connection = events[index].data.ptr;
            if (!receive(connection, &errors)) continue;
            epoll_ctl(poller, EPOLL_CTL_DEL, connection->socket, NULL);
            --pending;
        }
    }
    report(connections, count, errors + pending);
    return 0;
}
