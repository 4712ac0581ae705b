# One static library a room; what a room may link is what its arrows in ARCHITECTURE.md allow.

# holdfast_room(NAME SOURCES glob… [EXCLUDE regex])
function(holdfast_room name)
  cmake_parse_arguments(ROOM "" "EXCLUDE" "SOURCES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ROOM_SOURCES})
  if(ROOM_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${ROOM_EXCLUDE})
  endif()
  if(NOT sources)
    add_library(holdfast_${name} INTERFACE)
    target_link_libraries(holdfast_${name} INTERFACE holdfast_options ${ROOM_LINKS})
    return()
  endif()
  add_library(holdfast_${name} STATIC ${sources})
  target_link_libraries(holdfast_${name} PUBLIC holdfast_options ${ROOM_LINKS})
endfunction()

set(here ${PROJECT_SOURCE_DIR})

holdfast_room(base SOURCES ${here}/base/*.cpp)
target_link_libraries(holdfast_base PUBLIC Boost::headers)

holdfast_room(sip SOURCES ${here}/sip/*.cpp EXCLUDE "/sip/io/" LINKS holdfast_base OpenSSL::SSL)
holdfast_room(media SOURCES ${here}/media/*.cpp EXCLUDE "/media/io/"
  LINKS holdfast_base OpenSSL::SSL PkgConfig::SNDFILE PkgConfig::SRTP)
holdfast_room(config SOURCES ${here}/config/*.cpp LINKS holdfast_base OpenSSL::SSL yaml-cpp)

# The server's pure part: what the simulator runs, without Asio.
holdfast_room(core SOURCES ${here}/server/b2bua/*.cpp ${here}/server/routing/*.cpp ${here}/server/capture/*.cpp
  LINKS holdfast_base holdfast_config holdfast_sip holdfast_media)

# Asio and Beast are compiled once, here.
add_library(holdfast_asio STATIC ${here}/cmake/asio.cpp)
target_compile_definitions(holdfast_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(holdfast_asio PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)

holdfast_room(sip_io SOURCES ${here}/sip/io/*.cpp LINKS holdfast_sip holdfast_asio)
holdfast_room(media_io SOURCES ${here}/media/io/*.cpp LINKS holdfast_media holdfast_asio)
holdfast_room(server SOURCES ${here}/server/*.cpp EXCLUDE "/server/(b2bua|capture|routing)/|/server/main.cpp"
  LINKS holdfast_core holdfast_sip_io holdfast_media_io fmt::fmt CLI11::CLI11 SQLite::SQLite3
    PostgreSQL::PostgreSQL prometheus-cpp::core)

# Which commit runs, for holdfast_build_info and status.
find_package(Git QUIET)
set(HOLDFAST_COMMIT unknown CACHE STRING "Commit that is built; taken from git where there is a checkout")
set(commit ${HOLDFAST_COMMIT})
if(commit STREQUAL unknown AND GIT_FOUND AND EXISTS ${here}/.git)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${here} rev-parse --short HEAD OUTPUT_VARIABLE commit
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set_property(SOURCE ${here}/server/observe/build.cpp APPEND PROPERTY COMPILE_DEFINITIONS HOLDFAST_COMMIT="${commit}")

if(EXISTS ${here}/server/main.cpp)
  add_executable(holdfast server/main.cpp)
  target_link_libraries(holdfast PRIVATE holdfast_server)
endif()
