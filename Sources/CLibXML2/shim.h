// libxml2's HTML and XML parsers and its XPath 1.0, with handlers that keep its words off the standard error stream.
#pragma once
#include <libxml/xmlversion.h>
// Debian's headers bring ICU's along, which are others than those of Swift's Foundation: whoever imports both would see two definitions.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError *xml_error_pointer;
#else
typedef xmlErrorPtr xml_error_pointer;
#endif

static void xml_ignore(void *user, xml_error_pointer error)
{
  (void)user;
  (void)error;
}

static void xml_ignore_words(void *user, const char *format, ...)
{
  (void)user;
  (void)format;
}

/// The context keeps its last error instead of printing it. Names of unknown functions and variables are printed past the context, by a
/// handler that each thread has its own of.
static inline void xml_silence(xmlXPathContextPtr context)
{
  context->error = xml_ignore;
  xmlSetGenericErrorFunc(NULL, xml_ignore_words);
}

/// The code of `xmlXPathError` that the context's last error has; 0 without an error.
static inline int xml_xpath_error(xmlXPathContextPtr context)
{
  int code = context->lastError.code;
  return code >= XML_XPATH_EXPRESSION_OK ? code - XML_XPATH_EXPRESSION_OK : 0;
}

/// Bounds the evaluation of an expression; the library counts operations.
static inline void xml_limit(xmlXPathContextPtr context, unsigned long operations)
{
  context->opLimit = operations;
  context->opCount = 0;
}

/// `xmlFree` is a variable, which Swift would have to guard.
static inline void xml_free(void *memory) { xmlFree(memory); }
