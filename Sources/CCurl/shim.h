// libcurl for Swift, which cannot call functions of a variable number of arguments: each kind of
// argument has a function of its own here.
#pragma once
#include <curl/curl.h>

typedef size_t (*grouse_curl_receive)(char *, size_t, size_t, void *);
typedef int (*grouse_curl_progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode grouse_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode grouse_curl_set_large(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode grouse_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode grouse_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode grouse_curl_set_receive(
    CURL *handle, CURLoption option, grouse_curl_receive function) {
  return curl_easy_setopt(handle, option, function);
}

static inline CURLcode grouse_curl_set_progress(CURL *handle, grouse_curl_progress function) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}

// HTTP and HTTPS alone, whatever else the library can do.
static inline CURLcode grouse_curl_only_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

static inline long grouse_curl_status(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// The next transfer of a multi handle that has ended, and how; 0 where there is none.
static inline CURL *grouse_curl_finished(CURLM *multi, CURLcode *result) {
  int waiting = 0;
  CURLMsg *message = curl_multi_info_read(multi, &waiting);
  while (message && message->msg != CURLMSG_DONE) {
    message = curl_multi_info_read(multi, &waiting);
  }
  if (!message) return 0;
  *result = message->data.result;
  return message->easy_handle;
}
