/*
 * Sends the same request over kept connections for some seconds: the most requests that libcurl carries on one core.
 *
 *   libcurl_client URL CONNECTIONS SECONDS      prints requests per second
 *
 * One thread, epoll, the options and header fields of `shophost load URL`, and nothing besides: no statistics, no visitors. What a load
 * generator on libcurl reaches is read as a share of this.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

enum { EVENTS = 256, DESCRIPTORS = 1 << 16 };

static int watcher;
static long timeout = -1;
static int watched[DESCRIPTORS];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t ignore(char *bytes, size_t size, size_t count, void *user) {
    (void)bytes, (void)user;
    return size * count;
}

/* Sockets stay registered between two requests, which costs no call to the kernel. */
static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *user, void *own) {
    (void)easy, (void)user, (void)own;
    if (what == CURL_POLL_REMOVE || socket >= DESCRIPTORS || watched[socket] == what) return 0;
    struct epoll_event event = {.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0), .data.fd = socket};
    epoll_ctl(watcher, watched[socket] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    watched[socket] = what;
    return 0;
}

static int timer_changed(CURLM *multi, long milliseconds, void *user) {
    (void)multi, (void)user;
    timeout = milliseconds;
    return 0;
}

static CURL *request(CURLU *address, struct curl_slist *fields) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_CURLU, address);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 20000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    return easy;
}

static long collect(CURLM *multi) {
    long done = 0;
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        CURL *easy = message->easy_handle;
        if (message->data.result != CURLE_OK) {
            fprintf(stderr, "%s\n", curl_easy_strerror(message->data.result));
            exit(1);
        }
        done++;
        curl_multi_remove_handle(multi, easy);
        curl_multi_add_handle(multi, easy);
    }
    return done;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: libcurl_client URL CONNECTIONS SECONDS\n");
        return 64;
    }
    curl_global_init(CURL_GLOBAL_ALL);
    watcher = epoll_create1(0);
    CURLU *address = curl_url();
    if (curl_url_set(address, CURLUPART_URL, arguments[1], 0) != CURLUE_OK) return 64;
    struct curl_slist *fields = NULL;
    const char *lines[] = {"Content-Type: text/html", "User-Agent: hey/0.0.1", "Accept-Encoding: gzip", "Accept:"};
    for (size_t line = 0; line < sizeof lines / sizeof *lines; line++) fields = curl_slist_append(fields, lines[line]);

    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, atol(arguments[2]));
    for (long connection = 0; connection < atol(arguments[2]); connection++) curl_multi_add_handle(multi, request(address, fields));

    long done = 0;
    int running;
    double start = now(), end = start + atof(arguments[3]);
    while (now() < end) {
        while (timeout == 0) {
            timeout = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
            done += collect(multi);
        }
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(watcher, events, EVENTS, timeout < 0 || timeout > 100 ? 100 : (int)timeout);
        if (ready == 0) curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        for (int index = 0; index < ready; index++) {
            int what = (events[index].events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events[index].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
            curl_multi_socket_action(multi, events[index].data.fd, what, &running);
        }
        done += collect(multi);
    }
    printf("%.1f\n", (double)done / (now() - start));
    return 0;
}
