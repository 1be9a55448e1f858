#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Stacks are macros, which Swift cannot import.
static inline int crypto_chain_count(SSL *session)
{
  STACK_OF(X509) *chain = SSL_get_peer_cert_chain(session);
  return chain ? sk_X509_num(chain) : 0;
}
static inline X509 *crypto_chain_certificate(SSL *session, int index) { return sk_X509_value(SSL_get_peer_cert_chain(session), index); }

/// The text that a memory BIO holds; nothing is copied.
static inline long crypto_memory_text(BIO *memory, char **text) { return BIO_get_mem_data(memory, text); }
