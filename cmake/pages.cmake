# The pages that the server serves, and the description of its API: what is in server/http/phone and server/http/console becomes one script each, and that
# with the page and its style a source of the server. The bundler and the phone's SIP.js are from npm, which is asked again
# only when the lock file has changed.

find_program(NPM npm)
find_program(NODE NAMES node nodejs)
if(NOT NPM OR NOT NODE)
  message(FATAL_ERROR "The pages are bundled with node and npm, of which this machine lacks one. Install both "
    "(on Debian: deploy/packages/install build).")
endif()

set(pages ${PROJECT_SOURCE_DIR}/server/http)
set(pages_build ${PROJECT_BINARY_DIR}/phone)
set(pages_modules ${pages_build}/node_modules/.package-lock.json)  # npm writes it last

add_custom_command(OUTPUT ${pages_modules}
  COMMAND ${CMAKE_COMMAND} -E copy ${pages}/phone/package.json ${pages}/phone/package-lock.json ${pages_build}
  COMMAND ${NPM} ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${pages_modules}
  DEPENDS ${pages}/phone/package.json ${pages}/phone/package-lock.json
  WORKING_DIRECTORY ${pages_build}
  COMMENT "Installing what the pages are bundled from"
  VERBATIM)
file(MAKE_DIRECTORY ${pages_build})

# embed(NAME FILE…): the files as NAME_assets().
function(embed name)
  set(assets ${pages_build}/${name}_assets.cpp)
  add_custom_command(OUTPUT ${assets}
    COMMAND ${NODE} ${pages}/embed.mjs ${assets} ${name} ${ARGN}
    DEPENDS ${pages}/embed.mjs ${ARGN}
    COMMENT "Embedding ${name}"
    VERBATIM)
  # No compiler must take a literal of more than 64 KiB; both of ours do.
  set_source_files_properties(${assets} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(holdfast_server PRIVATE ${assets})
endfunction()

# embed_page(PAGE [BANNER]): main.js of its folder with all that it imports, index.html and style.css, as PAGE_assets().
function(embed_page page)
  file(GLOB scripts CONFIGURE_DEPENDS ${pages}/${page}/*.js)
  add_custom_command(OUTPUT ${pages_build}/${page}.js
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${pages_build}/node_modules
      ${pages_build}/node_modules/.bin/esbuild ${pages}/${page}/main.js --bundle --minify --format=iife --target=es2021
      "--banner:js=${ARGN}" --log-level=warning --outfile=${pages_build}/${page}.js
    DEPENDS ${pages_modules} ${scripts}
    COMMENT "Bundling the ${page} page"
    VERBATIM)
  embed(${page} ${pages}/${page}/index.html ${pages}/${page}/style.css ${pages_build}/${page}.js)
endfunction()

embed_page(phone "/* Contains SIP.js, MIT licence, https://sipjs.com */")
embed_page(console)

# What the API is.
add_custom_command(OUTPUT ${pages_build}/openapi.json
  COMMAND ${NODE} ${pages}/openapi.mjs ${pages_build}/openapi.json
  DEPENDS ${pages}/openapi.mjs
  COMMENT "Describing the API"
  VERBATIM)
embed(openapi ${pages_build}/openapi.json)
