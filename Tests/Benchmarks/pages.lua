-- What answers 200 in the broken state too, so that any failure is the switch's.
local paths = { "/cart_link", "/api_tokens", "/", "/favicon.ico", "/products/datadog-tote" }
local index = 0

function request()
    index = index % #paths + 1
    return wrk.format("GET", paths[index])
end
