# Warnings, sanitizers, the linker and the compiler cache: one place for all targets of ours.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Lines and functions for back traces; names of variables (-g) would cost a third of the time to compile.
set(CMAKE_CXX_FLAGS_DEBUG "-g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

add_library(holdfast_options INTERFACE)
target_compile_options(holdfast_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
target_include_directories(holdfast_options INTERFACE ${PROJECT_SOURCE_DIR})

if(SANITIZE)
  add_compile_options(-fsanitize=${SANITIZE} -fno-omit-frame-pointer -O1 -UNDEBUG)
  add_link_options(-fsanitize=${SANITIZE})
  if(SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
      add_compile_options(-fno-sanitize=function)  # coroutine frames carry no type prologue in clang 14
    endif()
  endif()
  if(SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-tsan)  # Asio's fences; TSan models the locks around them
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 reports these inside the standard library once sanitizer checks are inlined.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
  endif()
endif()
if(FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
