# The softphone page: SIP.js from npm and what is in server/http/phone become one script, and that with the page and its
# style a source of the server. npm is asked again only when the lock file has changed.

find_program(NPM npm)
find_program(NODE NAMES node nodejs)
if(NOT NPM OR NOT NODE)
  message(FATAL_ERROR "The softphone page is bundled with node and npm, of which this machine lacks one. Install both "
    "(on Debian: deploy/packages/install build).")
endif()

set(phone ${PROJECT_SOURCE_DIR}/server/http/phone)
set(phone_build ${PROJECT_BINARY_DIR}/phone)
set(phone_modules ${phone_build}/node_modules/.package-lock.json)  # npm writes it last
file(GLOB phone_scripts CONFIGURE_DEPENDS ${phone}/*.js)

add_custom_command(OUTPUT ${phone_modules}
  COMMAND ${CMAKE_COMMAND} -E copy ${phone}/package.json ${phone}/package-lock.json ${phone_build}
  COMMAND ${NPM} ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${phone_modules}
  DEPENDS ${phone}/package.json ${phone}/package-lock.json
  WORKING_DIRECTORY ${phone_build}
  COMMENT "Installing what the softphone page is bundled from"
  VERBATIM)
file(MAKE_DIRECTORY ${phone_build})

add_custom_command(OUTPUT ${phone_build}/phone.js
  COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${phone_build}/node_modules
    ${phone_build}/node_modules/.bin/esbuild ${phone}/main.js --bundle --minify --format=iife --target=es2021
    "--banner:js=/* Contains SIP.js, MIT licence, https://sipjs.com */" --log-level=warning --outfile=${phone_build}/phone.js
  DEPENDS ${phone_modules} ${phone_scripts}
  COMMENT "Bundling the softphone page"
  VERBATIM)

add_custom_command(OUTPUT ${phone_build}/phone_assets.cpp
  COMMAND ${NODE} ${phone}/embed.mjs ${phone_build}/phone_assets.cpp
    ${phone}/index.html ${phone}/style.css ${phone_build}/phone.js
  DEPENDS ${phone}/embed.mjs ${phone}/index.html ${phone}/style.css ${phone_build}/phone.js
  COMMENT "Embedding the softphone page"
  VERBATIM)
# No compiler must take a literal of more than 64 KiB; both of ours do.
set_source_files_properties(${phone_build}/phone_assets.cpp PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
target_sources(holdfast_server PRIVATE ${phone_build}/phone_assets.cpp)
