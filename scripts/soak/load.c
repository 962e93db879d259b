// Sends bodies to the service over several connections on loopback and measures what is acknowledged.
//
//     load send PORT PATH FIELD CONNECTIONS SECONDS RATE RECORDS BODY...
//     load slow PORT PATH CONNECTIONS SECONDS
//
// send: each connection sends one body after the other, RECORDS in each, and waits for each answer. FIELD is one more line
//   of the head, such as "Content-Encoding: gzip", or "". RATE is records a second over all connections, 0 for no bound.
//   The time of an acknowledgement is that from the body's last byte sent to the answer's head. Prints one JSON object.
// slow: that many connections that send a byte a second each, half of them of a head and half of a body, and are opened
//   again when the service closes them. Prints one JSON object a second and a last one.
// Both end by themselves. One thread, so that it takes little from the service that it measures.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int connect_to(int port, int blocking) {
    int file = socket(AF_INET, SOCK_STREAM | (blocking ? 0 : SOCK_NONBLOCK), 0);
    if (file < 0) fail("socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(file, (void *)&address, sizeof address) && errno != EINPROGRESS) { close(file); return -1; }
    int yes = 1;
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return file;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// MARK: - send

struct request { char *bytes; size_t size; };

struct client {
    int file;
    int is_waiting, is_paused;
    struct request *request;
    size_t sent;
    char answer[65536];
    size_t received;
    double last_byte, next;
};

static struct request *requests;
static int request_count, next_request;
static double *times;
static size_t time_count, time_room;
static long statuses[600];

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double share(double part) {
    return time_count ? times[(size_t)(part * (time_count - 1))] * 1000 : 0;
}

static void read_request(struct request *request, const char *path, const char *field, const char *file) {
    int body = open(file, O_RDONLY);
    struct stat status;
    if (body < 0 || fstat(body, &status)) fail(file);
    char head[1024];
    int length = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        "%s%sContent-Length: %lld\r\n\r\n", path, field, *field ? "\r\n" : "", (long long)status.st_size);
    request->size = length + status.st_size;
    request->bytes = malloc(request->size);
    memcpy(request->bytes, head, length);
    for (size_t done = length; done < request->size;) {
        ssize_t count = read(body, request->bytes + done, request->size - done);
        if (count <= 0) fail(file);
        done += count;
    }
    close(body);
}

static void note(double time, int status) {
    if (time_count == time_room) {
        time_room = time_room ? 2 * time_room : 4096;
        times = realloc(times, time_room * sizeof *times);
        if (!times) fail("memory");
    }
    times[time_count++] = time;
    if (status >= 0 && status < 600) statuses[status]++;
}

// Whether the answer is complete.
static int read_answer(struct client *client) {
    ssize_t count = recv(client->file, client->answer + client->received, sizeof client->answer - 1 - client->received, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) { fprintf(stderr, "the service closed a connection\n"); exit(1); }
    client->received += count;
    client->answer[client->received] = 0;
    char *end = strstr(client->answer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(client->answer, "\r\ncontent-length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return client->received >= (size_t)(end - client->answer) + 4 + body;
}

static void begin(struct client *client) {
    client->request = &requests[next_request++ % request_count];
    client->sent = client->received = 0;
    client->is_waiting = client->is_paused = 0;
}

static void watch(int epoll, struct client *client, int change) {
    struct epoll_event event = {.data.ptr = client};
    event.events = client->is_waiting ? EPOLLIN : client->is_paused ? 0 : EPOLLOUT;
    if (epoll_ctl(epoll, change, client->file, &event)) fail("epoll_ctl");
}

static void send_part(struct client *client) {
    ssize_t count = send(client->file, client->request->bytes + client->sent, client->request->size - client->sent,
        MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) fail("send");
    if (count > 0) client->sent += count;
    if (client->sent < client->request->size) return;
    client->is_waiting = 1;
    client->last_byte = now();
}

static int send_all(int port, const char *path, const char *field, int count, double seconds, double rate, int records,
    char **files, int file_count) {
    requests = calloc(file_count, sizeof *requests);
    request_count = file_count;
    for (int index = 0; index < file_count; index++) read_request(&requests[index], path, field, files[index]);
    int epoll = epoll_create1(0), open = count;
    struct client *clients = calloc(count, sizeof *clients);
    double start = now(), cpu = cpu_seconds(), interval = rate > 0 ? count * records / rate : 0;
    for (int index = 0; index < count; index++) {
        clients[index].file = connect_to(port, 0);
        if (clients[index].file < 0) fail("connect");
        clients[index].next = start + interval * index / count;
        begin(&clients[index]);
        watch(epoll, &clients[index], EPOLL_CTL_ADD);
    }
    while (open > 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, interval > 0 ? 1 : 1000);
        double time = now();
        for (int index = 0; index < ready; index++) {
            struct client *client = events[index].data.ptr;
            if (!client->is_waiting) {
                send_part(client);
                if (client->is_waiting) watch(epoll, client, EPOLL_CTL_MOD);
                continue;
            }
            if (!read_answer(client)) continue;
            note(now() - client->last_byte, atoi(client->answer + 9));
            client->is_waiting = 0;
            if (time - start >= seconds) {
                close(client->file);
                client->file = -1;
                open--;
                continue;
            }
            client->next += interval;
            // What was late is not made up for at once.
            if (client->next < time - interval) client->next = time;
            begin(client);
            client->is_paused = client->next > time;
            watch(epoll, client, EPOLL_CTL_MOD);
        }
        for (int index = 0; interval > 0 && index < count; index++) {
            struct client *client = &clients[index];
            if (client->file < 0 || !client->is_paused || client->next > time) continue;
            client->is_paused = 0;
            watch(epoll, client, EPOLL_CTL_MOD);
        }
        if (time - start > seconds + 60) { fprintf(stderr, "no answer for 60 s\n"); return 1; }
    }
    double elapsed = now() - start;
    qsort(times, time_count, sizeof *times, by_value);
    printf("{\"seconds\":%.2f,\"records\":%ld,\"client_cpu\":%.2f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"longest\":%.1f,"
        "\"statuses\":{", elapsed, statuses[200] * records, cpu_seconds() - cpu, share(.5), share(.9), share(.99), share(1));
    for (int status = 0, any = 0; status < 600; status++)
        if (statuses[status]) printf("%s\"%d\":%ld", any++ ? "," : "", status, statuses[status]);
    printf("}}\n");
    return 0;
}

// MARK: - slow

static int slow(int port, const char *path, int count, double seconds) {
    char head[512], body[512];
    snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: localhost\r\nX-Filler: ", path);
    snprintf(body, sizeof body, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        "Content-Length: 100000\r\n\r\n{\"flow\":{\"x\":\"", path);
    int *files = malloc(count * sizeof *files);
    long opened = 0, closed = 0, refused = 0;
    for (int index = 0; index < count; index++) files[index] = -1;
    double start = now(), next = start;
    while (now() - start < seconds) {
        int open = 0;
        for (int index = 0; index < count; index++) {
            char answer[4096];
            if (files[index] >= 0) {
                ssize_t got = recv(files[index], answer, sizeof answer, MSG_DONTWAIT);
                int alive = got > 0 || (got < 0 && errno == EAGAIN);
                if (!alive || send(files[index], "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
                    close(files[index]);
                    files[index] = -1;
                    closed++;
                }
            }
            if (files[index] < 0) {
                const char *text = index % 2 ? head : body;
                files[index] = connect_to(port, 1);
                if (files[index] < 0) { refused++; continue; }
                opened++;
                if (send(files[index], text, strlen(text), MSG_NOSIGNAL) < 0) { close(files[index]); files[index] = -1; }
            }
            open += files[index] >= 0;
        }
        printf("{\"open\":%d,\"opened\":%ld,\"closed\":%ld,\"refused\":%ld}\n", open, opened, closed, refused);
        fflush(stdout);
        next += 1;
        double rest = next - now();
        if (rest > 0) usleep((useconds_t)(rest * 1e6));
    }
    return 0;
}

int main(int count, char **words) {
    if (count >= 10 && !strcmp(words[1], "send"))
        return send_all(atoi(words[2]), words[3], words[4], atoi(words[5]), atof(words[6]), atof(words[7]), atoi(words[8]),
            words + 9, count - 9);
    if (count == 6 && !strcmp(words[1], "slow")) return slow(atoi(words[2]), words[3], atoi(words[4]), atof(words[5]));
    fprintf(stderr, "see the first lines of load.c\n");
    return 2;
}
