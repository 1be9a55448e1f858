// Typed entrances to libcurl's variadic functions, which Swift cannot call.
#pragma once
#include <curl/curl.h>

typedef size_t (*curl_data_callback)(char *bytes, size_t size, size_t count, void *user);

static inline CURLcode curl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_size(CURL *easy, CURLoption option, curl_off_t value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_text(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_pointer(CURL *easy, CURLoption option, void *value) { return curl_easy_setopt(easy, option, value); }
static inline CURLcode curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value)
{
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_set_data_callback(CURL *easy, CURLoption option, curl_data_callback value)
{
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_set_open_socket(CURL *easy, curl_opensocket_callback value)
{
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline long curl_get_long(CURL *easy, CURLINFO info)
{
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
static inline curl_off_t curl_get_size(CURL *easy, CURLINFO info)
{
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
static inline const char *curl_get_text(CURL *easy, CURLINFO info)
{
  char *value = NULL;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
/// Microseconds until the request was sent; 0 when the library is too old to know.
static inline curl_off_t curl_get_sent_time(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x080a00
  return curl_get_size(easy, CURLINFO_POSTTRANSFER_TIME_T);
#else
  (void)easy;
  return 0;
#endif
}
static inline void *curl_get_private(CURL *easy)
{
  char *value = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
  return value;
}

static inline CURLMcode curl_multi_set_long(CURLM *multi, CURLMoption option, long value)
{
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode curl_multi_set_callbacks(CURLM *multi, curl_socket_callback socket, curl_multi_timer_callback timer, void *user)
{
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, user);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
  return curl_multi_setopt(multi, CURLMOPT_TIMERDATA, user);
}

/// The next transfer that has ended, or NULL.
static inline CURL *curl_multi_next_done(CURLM *multi, CURLcode *result)
{
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)))
  {
    if (message->msg != CURLMSG_DONE)
      continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}
