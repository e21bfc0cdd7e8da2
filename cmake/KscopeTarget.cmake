# kscope_sources(OUT DIR...): every .cpp below the folders. A file that exists is a file that is built:
# nothing has to be registered by hand, and a test cannot be forgotten.
function(kscope_sources out)
  set(found "")
  foreach(dir IN LISTS ARGN)
    file(GLOB_RECURSE here CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp")
    list(APPEND found ${here})
  endforeach()
  list(SORT found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# kscope_library(NAME SOURCES...): a static library with the project's flags (an interface library without sources).
function(kscope_library name)
  if(ARGN)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PUBLIC kscope_flags)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE kscope_flags)
  endif()
endfunction()

# kscope_unity(TARGET APART...): compiles the target in a few large units, which takes a third of the time of a cold build.
# The files APART and those below the folders APART stay on their own: they give different things the same local names.
function(kscope_unity target)
  if(NOT KSCOPE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  foreach(path IN LISTS ARGN)
    set(apart "${CMAKE_CURRENT_SOURCE_DIR}/${path}")
    if(IS_DIRECTORY "${apart}")
      file(GLOB_RECURSE apart "${apart}/*.cpp")
    endif()
    set_source_files_properties(${apart} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
endfunction()
