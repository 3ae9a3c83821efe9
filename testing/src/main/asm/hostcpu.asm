; The machine code of HostCpu: enters one instruction with a chosen state and catches the signal that ends it.
; Assemble with: nasm -f bin -o /dev/stdout hostcpu.asm | xxd -p -c 32   (the result is HostCpu.CODE)
;
; The code is position-independent, entered at 0 and 0x100 (the handler); its data, filled in by HostCpu, is one page above.

bits 64
default rel

DATA_PAGE     equ 0x1000            ; offset of the data page
RUN           equ DATA_PAGE + 0     ; address of the state block of the run under way, 0 if none
RUNNER        equ DATA_PAGE + 8     ; the runner thread's alternate stack, which tells it from other threads
OLD_HANDLERS  equ DATA_PAGE + 64    ; handlers found in place, by signal number
SUBJECT       equ DATA_PAGE + 16    ; far pointer to the instruction under test: offset (4 bytes) and code segment (2)
USER_CS       equ 0x33              ; Linux's segment of 64-bit code; 0x23 is that of 32-bit code
USER_DS       equ 0x2b              ; what 32-bit code needs in DS and ES

; Offsets in the state block
IN_GPR        equ 0                 ; sixteen registers in the order of their encodings
IN_FLAGS      equ 128
HOST_RSP      equ 136
SIGNAL        equ 144
IN_FX         equ 192               ; an XSAVE area of 832 bytes: x87, SSE, header, AVX
OUT_GREGS     equ 1024              ; 23 quadwords of mcontext: r8-r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip,
                                    ; eflags, segments, error code, trap number, mask, cr2
OUT_FX        equ 1216

origin:
; void run(state)
entry:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    sub rsp, 24
    fnstcw [rsp]
    stmxcsr [rsp + 8]
    mov [rdi + HOST_RSP], rsp
    mov [origin + RUN], rdi
    mov eax, USER_DS
    mov ds, eax
    mov es, eax
    mov eax, 7
    xor edx, edx
    xrstor64 [rdi + IN_FX]
    push qword [rdi + IN_FLAGS]
    popfq
    mov rax, [rdi + 0]
    mov rcx, [rdi + 8]
    mov rdx, [rdi + 16]
    mov rbx, [rdi + 24]
    mov rsp, [rdi + 32]
    mov rbp, [rdi + 40]
    mov rsi, [rdi + 48]
    mov r8, [rdi + 64]
    mov r9, [rdi + 72]
    mov r10, [rdi + 80]
    mov r11, [rdi + 88]
    mov r12, [rdi + 96]
    mov r13, [rdi + 104]
    mov r14, [rdi + 112]
    mov r15, [rdi + 120]
    mov rdi, [rdi + 56]
    jmp far dword [origin + SUBJECT]

recovery:
    fninit
    fldcw [rsp]
    ldmxcsr [rsp + 8]
    add rsp, 24
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

times 0x100 - ($ - $$) nop
; void handler(int signal, siginfo_t *, ucontext_t *)
handler:
    mov r8, [origin + RUN]
    test r8, r8
    jz chain
    mov rax, [rdx + 16]             ; uc_stack.ss_sp
    cmp rax, [origin + RUNNER]
    jne chain
    mov [r8 + SIGNAL], rdi
    mov r9, rdx
    mov r10, rsi
    lea rsi, [r9 + 40]              ; uc_mcontext.gregs
    lea rdi, [r8 + OUT_GREGS]
    mov ecx, 23
    cld
    rep movsq
    mov rsi, [r9 + 224]             ; uc_mcontext.fpregs
    lea rdi, [r8 + OUT_FX]
    mov ecx, 104
    rep movsq
    lea rax, [recovery]
    mov [r9 + 168], rax             ; RIP
    mov rax, [r8 + HOST_RSP]
    mov [r9 + 160], rax             ; RSP
    mov qword [r9 + 176], 0x202     ; flags
    mov word [r9 + 184], USER_CS
    xor eax, eax
    mov [origin + RUN], rax
    ret
chain:
    lea rax, [origin + OLD_HANDLERS]
    mov r8d, edi
    jmp [rax + r8 * 8]
